(v=>{if((window.freshtap||0).version){return;}
const nonce=(document.currentScript||0).nonce;const l=(a,Z)=>({}).toString.call(a)==="[object "+Z+"]";const aw=(bg,h,ax)=>{try{const a=bg[h];return typeof a==="bigint"?String(a):typeof a!=="object"?a:l(a,"Date")?new Date(+a):Object.keys(a).reduce((A,h,B,keys)=>{if(ax>keys.length){A[h]=aw(a,h,ax/(keys.length+1));}
return A;},l(a,"Array")?[]:l(a,"Object")?Object.create(null):null);}catch(e){}};window.freshtap={version:"0.1.0"};const C="freshtap_"+v.account+"_";const w={};const aa=name=>name==="profile"?sessionStorage:localStorage;function i(name){try{return JSON.parse(w[name]||aa(name)[C+name]);}catch(e){}}
function c(name,a){w[name]="";try{w[name]=a&&JSON.stringify(a);}catch(e){}
try{delete aa(name)[C+name];if(w[name]&&(F()||name==="consent")){aa(name)[C+name]=w[name];w[name]="";}}catch(e){}}
function P(name,bh){let t=[].concat(i(name)||[],bh||[]).filter(Boolean);const D=t[t.length-1];t=t.filter(call=>(call.name?call:D).at>Date.now()-864e5);while(t.length>100){t.splice(Math.max(0,t.findIndex(call=>call.name)),1);}
return t;}
const ab=()=>(document.cookie.split(C+"device=")[1]||i("device")||"").split(";")[0];const ay=()=>location.hostname.split(".").map((bV,B,bi)=>";domain="+bi.slice(B).join(".")).reverse();function ac(device){c("device");ay().forEach(ad=>{if(ab()!==device){document.cookie=C+"device="+device+";path=/;samesite=lax;max-age="+(device?31536000:0)+ad;}});if(ab()!==device){c("device",device);}}
const ae={get:(az,name)=>name in az||name==="then"||typeof name==="symbol"?az[name]:new Proxy((...x)=>window.freshpaint.push([name,...x]),ae)};const Q=()=>i("consent");const F=()=>(Q()||"in")==="in";function aA(integrations,bj){const{All=bj,[v.destination]:af=All}=m(integrations);return af;}
function ag(aB){const bk=Q();if(aB){const bl=F();c("consent","in");if(bk==="out"){bm();join({optIn:true});}
if(!bl){Object.keys(w).forEach(name=>c(name,i(name)));if(!p){R();}}}else if(aB!==undefined){c("consent","out");bn();bo();}}
function bo(){aC.reset();g=[];f=0;["visitor","line","profile"].forEach(name=>c(name));ac("");try{Object.keys(localStorage).forEach(h=>/^WZRK/.test(h)&&delete localStorage[h]);Object.keys(sessionStorage).forEach(h=>/^WZRK/.test(h)&&delete sessionStorage[h]);}catch(e){}
document.cookie.split("; ").filter(cookie=>/^WZRK/.test(cookie)).forEach(cookie=>{["",...ay()].forEach(ad=>{document.cookie=cookie.split("=")[0]+"=;path=/;max-age=0"+ad;});});}
let G=m(i("properties"));let ah={};function m(a){a=aw([a],0,3e5);return l(a,"Object")?a:Object.create(null);}
const user=()=>m(i("user"));function aD(aE){if(typeof aE==="function"){setTimeout(aE,100);}}
function aF(H){const af=aA(m(H).integrations,true);return af;}
function register(b){c("properties",Object.assign(G,m(b)));}
const aG=b=>register(Object.assign(m(b),G));const unregister=name=>register({[name]:undefined});const aC={identify(id,traits,H){if(l(id,"Object")){traits=id;id="";}
id=n(id);traits=m(traits);const ai=user();c("user",{id:id||ai.id,traits:Object.assign(id&&id!==ai.id?{}:m(ai.traits),traits)});if(aF(H)){join({profile:bp(id,traits)});}},track(name,b,H){if(aF(H)){join(bq(name,Object.assign(m(b),ah,G)));}},addEventProperties:register,register,addInitialEventProperties:aG,register_once:aG,removeEventProperty:unregister,unregister,addPageviewProperties(b){Object.assign(ah,m(b));},reset(){ah={};G={};c("user");c("properties");join({reset:!!i("held")});c("held");},set_consent(br){ag(aA(br));},opt_in_tracking(){ag(true);},opt_out_tracking(){ag(false);},ready:aD,user:()=>new Proxy({id:()=>user().id||null,traits:()=>(i("user")||0).traits||{}},ae),get_distinct_id:()=>user().id||y()||"",has_opted_out_tracking:()=>Q()==="out"};function o(call){try{aD(call[4]);const aH=l(call,"Function")?call():aC[call[0]](...call.slice(1));if(aH!==undefined){return aH;}}catch(e){}
return window.freshpaint;}
const I=(k,length)=>k.slice(0,length-/[\uDC00-\uDFFF]/.test(k[length]));const bs=name=>I(name.replace(/[&$"\\%><!.:']/g,"").replace(/\s+/g," ").trim(),120).trim();const aI=k=>k.replace(/'/g,"\u2019").replace(/"/g,"\u201d");const J=a=>l(a,"Date")&&isFinite(a);function n(a){return /^(string|number|bigint)$/.test(typeof a)&&a===a?String(a).trim():"";}
function S(a){if(typeof a==="boolean"||typeof a==="number"&&isFinite(a)){return a;}
if(typeof a==="string"){return I(aI(a),512);}
if(J(a)){return"$D_"+Math.round(a/1000);}}
function aJ(a){a=n(a);return a&&isFinite(a)?+a:undefined;}
function aK(b,bt,T,join){const A={};let bu=0;const aL=(b,aM,T)=>{for(const h in b){const a=b[h];let name=bs(h);if(name&&!bt.test(aM+name)){name=I(aM+name,120);if(l(a,"Object")){if(T){aL(a,name+"_",T-1);}}else{const aN=l(a,"Array")?join(bv(a)):S(a);if(aN!==undefined&&!A.hasOwnProperty(name)&&bu++<256){A[name]=aN;}}}}};aL(b,"",T);return A;}
const bv=j=>Object.keys(j).map(B=>J(j[B])?j[B].toISOString():S(j[B])).filter(a=>a!==undefined);const U=(bw,length)=>a=>{a=n(a);return bw.test(a)?a[0].toUpperCase()+a.slice(1,length).toLowerCase():undefined;};const aj=a=>S(n(a))||undefined;const aO=a=>(/^[^\s@'"\\]+@[^\s@'"\\]+$/.exec(n(a))||[])[0];const bx=[["Name",aj,"name"],["Email",aO,"email"],["DOB",aP,"birthday"],["Gender",U(/^(m|f|o|u|male|female|others?|unknown)$/i,1),"gender"],["Phone",by,"phone"],["Photo",aj,"avatar"],["Married",U(/^[yn]$/i)],["Employed",U(/^[yn]$/i)],["Education",U(/^(school|college|graduate)$/i)],["Age",aJ]];function bp(id,traits){const z={};const aQ=(bz,D)=>aj(n(traits[bz])+" "+n(traits[D]));bx.forEach(([E,ak,name=E])=>{const a=n(traits[name])||J(traits[name])?traits[name]:traits[E];z[E]=ak(a);delete traits[name];delete traits[E];});z.Name=z.Name||aQ("firstName","lastName")||aQ("first_name","last_name");z.Email=z.Email||aO(id);z.Identity=I(aI(id),1024)||undefined;return Object.assign(aK(traits,/^(FBID|GPID|customId|_custom|tz|hasOwnProperty)$/,2,j=>j.length?j:undefined),z);}
function aP(a){const k=J(a)?new Date(a%864e5?a-a.getTimezoneOffset()*6e4:+a).toISOString().slice(0,10):n(a);const[,aR,bA]=/^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(k)||[];const al=new Date(aR+"T12:00Z");if(J(al)&&al.toISOString().slice(0,10)===aR){return bA==="Z"?aP(new Date(k.replace(" ","T"))):+al;}}
function by(a){let V=n(a).replace(/[\s().\/\u00ad\u2000-\u206f\u2212-]/g,"").replace(/^00/,"+");if(/^\+\d{8,15}$/.test(V)){return V;}
if(/^\d{7,15}$/.test(V)){return+V;}}
const am=new Map(v.events);function bq(an,b){let name=am.get(an);if(!name){return;}
return{name,data:name==="Charged"?bB(b):ao(b)};}
function ao(b){return aK(b,/^hasOwnProperty$/,2,j=>{return j.length?I(j.join(", "),512):undefined;});}
function bB(b){const aS={};const o=(E,am,ak)=>am.some(name=>{const a=ak(b[name]);if(a!==undefined){aS[E]=a;return delete b[name];}});o("Charged ID",["order_id","checkout_id","Charged ID"],a=>n(a)?S(a):undefined);o("Amount",["total","revenue","value","Amount"],aJ);o("Items",["products","Items"],j=>l(j,"Array")?j.filter(bC=>l(bC,"Object")).slice(0,256).map(ao):undefined);delete b.Items;return Object.assign(ao(b),aS);}
let g=[];let r=0;let W=0;let aT;let ap;function join(call){if(call&&!aU&&Q()!=="out"){call.at=Date.now();g.push(call);K();}}
function K(){clearTimeout(aT);try{while(p&&F()&&!ap&&g.length&&bD(g[0])){bE(g.shift());}}catch(e){}
if(p&&(g.length||r)){aT=setTimeout(K,250);}}
function bD(call){const now=Date.now();if(aq()){if(!r&&y()){r=now;}
return L||r&&now-r>5000&&call.name;}
r=0;L=false;aV();if(aW(call)&&bF()){W=W||now;if(now-W<5000){return;}
bG();}
W=0;return true;}
function aX(){const o=()=>{g=P("line").concat(g);c("line");ap=false;K();return new Promise(bH=>setTimeout(bH,100));};if(navigator.locks&&i("line")){ap=true;navigator.locks.request(C,o).catch(o);}else{o();}}
let aY;function aZ(){try{return localStorage.WZRK_G;}catch(e){}}
addEventListener("pagehide",()=>{aY=aZ();if(g.length){c("line",P("line",g));g=[];}});addEventListener("pageshow",an=>{if(an.persisted){p=p&&aY===aZ();G=m(i("properties"));aX();}});let f=i("visitor");function ba(){const device=y();const bb=f&&(f.device||device)===device;return bb&&!f.device?f:device&&ab()===device&&(bb?f:{});}
function aV(){if(f&&!f.device){f.device=y();c("visitor",f);ac(f.device);}}
const bc=(profile,d)=>profile.Identity||d.Identity||profile.Email||d.Email;function aW(call){const d=ba();if(call.profile){const D=bI()||d&&bc(d,d);const bd=bc(call.profile,d||{});return bd&&bd!==D&&(D||d);}
return!call.name&&!call.optIn&&(call.reset||d||i("held"));}
function bE(call){const profile=call.profile;const d=ba();if(call.name){if(d){X("event",call.name,call.data);}else{c("held",P("held",call));}}else if(profile){identify(profile,d);}else if(call.optIn){X("privacy",{optOut:false});}else{if(aW(call)){ar();}
f=0;c("visitor");c("profile");c("held");ac("");}}
function identify(profile,d){if(d&&!profile.Identity){profile.Identity=d.Identity;profile.Email=profile.Email||d.Email;}
const be=d&&d!==f;const M=profile.Identity||profile.Email&&!be;const k=JSON.stringify(profile);if(k!=="{}"&&(k!==i("profile")||M&&!d)){c("profile",k);profile=JSON.parse(k);if(profile.DOB){profile.DOB=new Date(profile.DOB);}
if(!M){X("profile",{Site:profile});return;}
if(be){ar();}
f=profile.Identity?{Identity:profile.Identity}:{Email:profile.Email};c("visitor",f);X("onUserLogin",{Site:profile});if(!aq()){aV();}
g=P("held").concat(g);c("held");}}
let p;let aU;let L;let Y;let N;let bf=100;const y=()=>p&&clevertap.getCleverTapID();const aq=()=>window.isOULInProgress||!y();function X(Z,...x){L=false;N=y()||N;clevertap[Z].push(...x);if(aq()){r=r||Date.now();}}
function ar(){N=y()||N;clevertap.clear();L=true;}
function bn(){try{if(p){clevertap.privacy.push({optOut:true});clevertap.setOffline(true);ar();}}catch(e){}}
function bm(){if(p){clevertap.setOffline(false);}}
function bI(){try{return JSON.parse(decodeURIComponent(localStorage.WZRK_K)).id;}catch(e){}}
const bF=()=>/q/.test((window.localStorage||0).WZRK_L);function bG(){clevertap.setOffline(true);clevertap.setOffline(false);}
function R(){const sdk=window.clevertap||0;const as=sdk.getAccountID;const account=as?sdk.getAccountID():((sdk.account||0)[0]||0).id;bf-=document.readyState==="complete";if(!F()){return;}
if(account&&account!==v.account){aU=true;g=[];}else if(as&&(account||Y)){bJ();}else if(!Y&&!as&&(!account||bf<0)){if(!account){delete sdk.account;window.clevertap=sdk||undefined;}
bK();}else if(!Y){setTimeout(R,100);}}
function bJ(){try{clevertap.init(v.account,v.region);}catch(e){}
const bL=$WZRK_WR.s;$WZRK_WR.s=(device,bM,M,au,...x)=>{if(F()&&(device!==N||M&&au===(window.oulReqN||au)||!r&&!L)){bL.call($WZRK_WR,device,bM,M,au,...x);}
K();};const bN=$WZRK_WR.tr;$WZRK_WR.tr=(...x)=>{try{bN.apply($WZRK_WR,x);}catch(e){}};p=true;K();}
function bK(){const u=document.createElement("script");Y=true;const bO=bP(u);try{if(!/WZRK_G=/.test(document.cookie)&&!localStorage.WZRK_G&&!/OUL/.test(localStorage.WZRK_META)){delete localStorage.WZRK_BLOCK;}}catch(e){}
u.onload=u.onerror=()=>{bO();R();};u.nonce=nonce;let av=v.sdk;try{av=trustedTypes.createPolicy("freshtap",{createScriptURL:()=>av}).createScriptURL("");}catch(e){}
try{u.src=av;document.head.append(u);}catch(e){}}
function bP(u){const define=window.define;const bQ=[[window,"exports"],define?[define,"amd"]:[window,"define"]];const bR=bQ.map(([O,name])=>{let a=O[name];try{Object.defineProperty(O,name,{configurable:true,get:()=>document.currentScript===u?undefined:a,set:bS=>{a=bS;}});}catch(e){}
return()=>{delete O[name];if(O[name]!==a){O[name]=a;}};});return()=>bR.forEach(bT=>bT());}
aX();if(!(window.freshpaint||0).push){window.freshpaint=new Proxy([],ae);}
const bU=window.freshpaint.splice(0);window.freshpaint.push=o;bU.forEach(o);R();})({"account":"TEST-86K-4Z9-K85Z","destination":"CleverTap","events":[["Product Viewed","Product Viewed"],["Signed Up","Signed Up"],["Order Completed","Charged"]],"region":"in1","sdk":"https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"});
