(t=>{if((window.freshtap||0).version){return;}
window.freshtap={version:"0.1.0"};const nonce=(document.currentScript||0).nonce;const j=(a,V)=>({}).toString.call(a)==="[object "+V+"]";const ao=(aZ,u,ap)=>{try{const a=aZ[u];return typeof a==="bigint"?String(a):typeof a!=="object"?a:j(a,"Date")?new Date(+a):Object.keys(a).reduce((y,u,N,keys)=>{if(ap>keys.length){y[u]=ao(a,u,ap/(keys.length+1));}
return y;},j(a,"Array")?[]:j(a,"Object")?Object.create(null):null);}catch(f){}};const z="freshtap_"+t.account+"_";const A={};const W=name=>name==="profile"?sessionStorage:localStorage;function k(name){try{return JSON.parse(A[name]||W(name)[z+name]);}catch(f){}}
function d(name,a){A[name]="";try{A[name]=a&&JSON.stringify(a);}catch(f){}
try{delete W(name)[z+name];if(A[name]){W(name)[z+name]=A[name];}
A[name]="";}catch(f){}}
function O(name,ba){let p=[].concat(k(name)||[],ba||[]).filter(Boolean);const B=p[p.length-1];p=p.filter(call=>(call.name?call:B).at>Date.now()-864e5);while(p.length>100){p.splice(Math.max(0,p.findIndex(call=>call.name)),1);}
return p;}
const X=()=>(document.cookie.split(z+"device=")[1]||k("device")||"").split(";")[0];function aq(device){d("device");location.hostname.split(".").reduceRight((ar,as)=>{if(X()!==device){document.cookie=z+"device="+device+";path=/;samesite=lax;max-age="+(device?31536000:0)+";domain="+as+ar;}
return"."+as+ar;},"");if(X()!==device){d("device",device);}}
const Y={get:(au,name)=>name in au||name==="then"||typeof name==="symbol"?au[name]:new Proxy((...v)=>window.freshpaint.push([name,...v]),Y)};let E=l(k("properties"));let Z={};function l(a){a=ao([a],0,3e5);return j(a,"Object")?a:Object.create(null);}
const user=()=>l(k("user"));function av(aw){if(typeof aw==="function"){setTimeout(aw,100);}}
function ax(F){const{All=true,[t.destination]:choice=All}=l(l(F).integrations);return choice;}
function register(b){d("properties",Object.assign(E,l(b)));}
const ay=b=>register(Object.assign(l(b),E));const unregister=name=>register({[name]:undefined});const bb={identify(id,traits,F){if(j(id,"Object")){traits=id;id="";}
id=m(id);traits=l(traits);const aa=user();d("user",{id:id||aa.id,traits:Object.assign(id&&id!==aa.id?{}:l(aa.traits),traits)});if(ax(F)){join({profile:bc(id,traits)});}},track(name,b,F){if(ax(F)){join(bd(name,Object.assign(l(b),Z,E)));}},addEventProperties:register,register,addInitialEventProperties:ay,register_once:ay,removeEventProperty:unregister,unregister,addPageviewProperties(b){Object.assign(Z,l(b));},reset(){Z={};E={};d("user");d("properties");join({reset:!!k("held")});d("held");},ready:av,user:()=>new Proxy({id:()=>user().id||null,traits:()=>(k("user")||0).traits||{}},Y),get_distinct_id:()=>user().id||w()||"",has_opted_out_tracking:()=>false};function n(call){try{av(call[4]);const az=j(call,"Function")?call():bb[call[0]](...call.slice(1));if(az!==undefined){return az;}}catch(f){}
return window.freshpaint;}
const G=(i,length)=>i.slice(0,length-/[\uDC00-\uDFFF]/.test(i[length]));const be=name=>G(name.replace(/[&$"\\%><!.:']/g,"").replace(/\s+/g," ").trim(),120).trim();const aA=i=>i.replace(/'/g,"\u2019").replace(/"/g,"\u201d");const H=a=>j(a,"Date")&&isFinite(a);function m(a){return /^(string|number|bigint)$/.test(typeof a)&&a===a?String(a).trim():"";}
function P(a){if(typeof a==="boolean"||typeof a==="number"&&isFinite(a)){return a;}
if(typeof a==="string"){return G(aA(a),512);}
if(H(a)){return"$D_"+Math.round(a/1000);}}
function aB(a){a=m(a);return a&&isFinite(a)?+a:undefined;}
function aC(b,bf,Q,join){const y={};let bg=0;const aD=(b,aE,Q)=>{for(const u in b){const a=b[u];let name=be(u);if(name&&!bf.test(aE+name)){name=G(aE+name,120);if(j(a,"Object")){if(Q){aD(a,name+"_",Q-1);}}else{const aF=j(a,"Array")?join(bh(a)):P(a);if(aF!==undefined&&!y.hasOwnProperty(name)&&bg++<256){y[name]=aF;}}}}};aD(b,"",Q);return y;}
const bh=g=>Object.keys(g).map(N=>H(g[N])?g[N].toISOString():P(g[N])).filter(a=>a!==undefined);const R=(bi,length)=>a=>{a=m(a);return bi.test(a)?a[0].toUpperCase()+a.slice(1,length).toLowerCase():undefined;};const ab=a=>P(m(a))||undefined;const aG=a=>(/^[^\s@'"\\]+@[^\s@'"\\]+$/.exec(m(a))||[])[0];const bj=[["Name",ab,"name"],["Email",aG,"email"],["DOB",aH,"birthday"],["Gender",R(/^(m|f|o|u|male|female|others?|unknown)$/i,1),"gender"],["Phone",bk,"phone"],["Photo",ab,"avatar"],["Married",R(/^[yn]$/i)],["Employed",R(/^[yn]$/i)],["Education",R(/^(school|college|graduate)$/i)],["Age",aB]];function bc(id,traits){const x={};const aI=(bl,B)=>ab(m(traits[bl])+" "+m(traits[B]));bj.forEach(([C,ac,name=C])=>{const a=m(traits[name])||H(traits[name])?traits[name]:traits[C];x[C]=ac(a);delete traits[name];delete traits[C];});x.Name=x.Name||aI("firstName","lastName")||aI("first_name","last_name");x.Email=x.Email||aG(id);x.Identity=G(aA(id),1024)||undefined;return Object.assign(aC(traits,/^(FBID|GPID|customId|_custom|tz|hasOwnProperty)$/,2,g=>g.length?g:undefined),x);}
function aH(a){const i=H(a)?new Date(a%864e5?a-a.getTimezoneOffset()*6e4:+a).toISOString().slice(0,10):m(a);const[,aJ,bm]=/^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(i)||[];const ad=new Date(aJ+"T12:00Z");if(H(ad)&&ad.toISOString().slice(0,10)===aJ){return bm==="Z"?aH(new Date(i.replace(" ","T"))):+ad;}}
function bk(a){let S=m(a).replace(/[\s().\/\u00ad\u2000-\u206f\u2212-]/g,"").replace(/^00/,"+");if(/^\+\d{8,15}$/.test(S)){return S;}
if(/^\d{7,15}$/.test(S)){return+S;}}
const ae=new Map(t.events);function bd(af,b){const name=ae.get(af);if(!name){return;}
return{name,data:name==="Charged"?bn(b):ag(b)};}
function ag(b){return aC(b,/^hasOwnProperty$/,2,g=>{return g.length?G(g.join(", "),512):undefined;});}
function bn(b){const aK={};const n=(C,ae,ac)=>ae.some(name=>{const a=ac(b[name]);if(a!==undefined){aK[C]=a;return delete b[name];}});n("Charged ID",["order_id","checkout_id","Charged ID"],a=>m(a)?P(a):undefined);n("Amount",["total","revenue","value","Amount"],aB);n("Items",["products","Items"],g=>j(g,"Array")?g.filter(bo=>j(bo,"Object")).slice(0,256).map(ag):undefined);delete b.Items;return Object.assign(ag(b),aK);}
let h=[];let o=0;let T=0;let aL;let ah;function join(call){if(call&&!aM){call.at=Date.now();h.push(call);I();}}
function I(){clearTimeout(aL);try{while(D&&!ah&&h.length&&bp(h[0])){bq(h.shift());}}catch(f){}
if(D&&(h.length||o)){aL=setTimeout(I,250);}}
function bp(call){const now=Date.now();if(ai()){if(!o&&w()){o=now;}
return J||o&&now-o>5000&&call.name;}
o=0;J=false;aN();if(aO(call)&&br()){T=T||now;if(now-T<5000){return;}
bs();}
T=0;return true;}
function aP(){const n=()=>{h=O("line").concat(h);d("line");ah=false;I();return new Promise(bt=>setTimeout(bt,100));};if(navigator.locks&&k("line")){ah=true;navigator.locks.request(z,n).catch(n);}else{n();}}
let aQ;function aR(){try{return localStorage.WZRK_G;}catch(f){}}
addEventListener("pagehide",()=>{aQ=aR();if(h.length){d("line",O("line",h));h=[];}});addEventListener("pageshow",af=>{if(af.persisted){D=D&&aQ===aR();E=l(k("properties"));aP();}});let e=k("visitor");function aS(){const device=w();const aT=e&&(e.device||device)===device;return aT&&!e.device?e:device&&X()===device&&(aT?e:{});}
function aN(){if(e&&!e.device){e.device=w();d("visitor",e);aq(e.device);}}
const aU=(profile,c)=>profile.Identity||c.Identity||profile.Email||c.Email;function aO(call){const c=aS();if(call.profile){const B=bu()||c&&aU(c,c);const aV=aU(call.profile,c||{});return aV&&aV!==B&&(B||c);}
return!call.name&&(call.reset||c||k("held"));}
function bq(call){const profile=call.profile;const c=aS();if(call.name){if(c){aj("event",call.name,call.data);}else{d("held",O("held",call));}}else if(profile){identify(profile,c);}else{if(aO(call)){aW();}
e=0;d("visitor");d("profile");d("held");aq("");}}
function identify(profile,c){if(c&&!profile.Identity){profile.Identity=c.Identity;profile.Email=profile.Email||c.Email;}
const aX=c&&c!==e;const K=profile.Identity||profile.Email&&!aX;const i=JSON.stringify(profile);if(i!=="{}"&&(i!==k("profile")||K&&!c)){d("profile",i);profile=JSON.parse(i);if(profile.DOB){profile.DOB=new Date(profile.DOB);}
if(!K){aj("profile",{Site:profile});return;}
if(aX){aW();}
e=profile.Identity?{Identity:profile.Identity}:{Email:profile.Email};d("visitor",e);aj("onUserLogin",{Site:profile});if(!ai()){aN();}
h=O("held").concat(h);d("held");}}
let D;let aM;let J;let U;let L;let aY=100;const w=()=>D&&clevertap.getCleverTapID();const ai=()=>window.isOULInProgress||!w();function aj(V,...v){J=false;L=w()||L;clevertap[V].push(...v);if(ai()){o=o||Date.now();}}
function aW(){L=w()||L;clevertap.clear();J=true;}
function bu(){try{return JSON.parse(decodeURIComponent(localStorage.WZRK_K)).id;}catch(f){}}
const br=()=>/q/.test((window.localStorage||0).WZRK_L);function bs(){clevertap.setOffline(true);clevertap.setOffline(false);}
function ak(){const sdk=window.clevertap||0;const al=sdk.getAccountID;const account=al?sdk.getAccountID():((sdk.account||0)[0]||0).id;aY-=document.readyState==="complete";if(account&&account!==t.account){aM=true;h=[];}else if(al&&(account||U)){bv();}else if(!U&&!al&&(!account||aY<0)){if(!account){delete sdk.account;window.clevertap=sdk||undefined;}
bw();}else if(!U){setTimeout(ak,100);}}
function bv(){try{clevertap.init(t.account,t.region);}catch(f){}
const bx=$WZRK_WR.s;$WZRK_WR.s=(device,by,K,am,...v)=>{if(device!==L||K&&am===(window.oulReqN||am)||!o&&!J){bx.call($WZRK_WR,device,by,K,am,...v);}
I();};const bz=$WZRK_WR.tr;$WZRK_WR.tr=(...v)=>{try{bz.apply($WZRK_WR,v);}catch(f){}};D=true;I();}
function bw(){const r=document.createElement("script");U=true;const bA=bB(r);try{if(!/WZRK_G=/.test(document.cookie)&&!localStorage.WZRK_G&&!/OUL/.test(localStorage.WZRK_META)){delete localStorage.WZRK_BLOCK;}}catch(f){}
r.onload=r.onerror=()=>{bA();ak();};r.nonce=nonce;let an=t.sdk;try{an=trustedTypes.createPolicy("freshtap",{createScriptURL:()=>an}).createScriptURL("");}catch(f){}
try{r.src=an;document.head.append(r);}catch(f){}}
function bB(r){const define=window.define;const bC=[[window,"exports"],define?[define,"amd"]:[window,"define"]];const bD=bC.map(([M,name])=>{let a=M[name];try{Object.defineProperty(M,name,{configurable:true,get:()=>document.currentScript===r?undefined:a,set:bE=>{a=bE;}});}catch(f){}
return()=>{delete M[name];if(M[name]!==a){M[name]=a;}};});return()=>bD.forEach(bF=>bF());}
aP();if(!(window.freshpaint||0).push){window.freshpaint=new Proxy([],Y);}
const bG=window.freshpaint.splice(0);window.freshpaint.push=n;bG.forEach(n);ak();})({"account":"TEST-86K-4Z9-K85Z","destination":"CleverTap","events":[["Product Viewed","Product Viewed"],["Signed Up","Signed Up"],["Order Completed","Charged"]],"region":"in1","sdk":"https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"});
