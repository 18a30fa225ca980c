(r=>{if((window.freshtap||0).version){return;}
window.freshtap={version:"0.1.0"};const nonce=(document.currentScript||0).nonce;const k=(a,W)=>({}).toString.call(a)==="[object "+W+"]";const ap=(bc,t,aq)=>{try{const a=bc[t];return typeof a!=="object"?a:k(a,"Date")?new Date(+a):Object.keys(a).reduce((y,t,M,keys)=>{if(aq>keys.length){y[t]=ap(a,t,aq/(keys.length+1));}
return y;},k(a,"Array")?[]:k(a,"Object")?Object.create(null):null);}catch(g){}};const z="freshtap_"+r.account+"_";const A={};const X=name=>name==="profile"?sessionStorage:localStorage;function e(name){try{return JSON.parse(A[name]||X(name)[z+name]);}catch(g){}}
function d(name,a){A[name]="";try{A[name]=a&&JSON.stringify(a,(t,a)=>typeof a==="bigint"?String(a):a);}catch(g){}
try{delete X(name)[z+name];if(A[name]){X(name)[z+name]=A[name];}
A[name]="";}catch(g){}}
function N(O){let ar=100;let Y;O=[].concat(O||[]).filter(Boolean).reverse();O.forEach(call=>{ar-=!call.name;});return O.filter(call=>{const as=call.at>Date.now()-864e5;Y=Y||as;return call.name?as&&ar-->0:Y;}).reverse();}
const Z=()=>(document.cookie.split(z+"device=")[1]||e("device")||"").split(";")[0];function au(device){d("device");location.hostname.split(".").reduceRight((av,aw)=>{if(Z()!==device){document.cookie=z+"device="+device+";path=/;samesite=lax;max-age="+(device?31536000:0)+";domain="+aw+av;}
return"."+aw+av;},"");if(Z()!==device){d("device",device);}}
const aa={get:(ax,name)=>name in ax||name==="then"||typeof name==="symbol"?ax[name]:new Proxy((...v)=>window.freshpaint.push([name,...v]),aa)};let C=h(e("properties"));let ab={};function h(a){a=ap([a],0,3e5);return k(a,"Object")?a:Object.create(null);}
function ay(az){if(typeof az==="function"){setTimeout(az,100);}}
function aA(D){const{All=true,[r.destination]:choice=All}=h(h(D).integrations);return choice;}
const o={identify(id,traits,D){if(k(id,"Object")){traits=id;id="";}
id=l(id);traits=h(traits);const user=h(e("user"));d("user",{id:id||user.id,traits:Object.assign(id&&id!==user.id?{}:h(user.traits),traits)});if(aA(D)){join({profile:bd(id,traits)});}},track(name,b,D){if(aA(D)){join(be(name,Object.assign(h(b),ab,C)));}},addEventProperties(b){d("properties",Object.assign(C,h(b)));},addInitialEventProperties(b){o.register(Object.assign(h(b),C));},removeEventProperty(name){o.register({[name]:undefined});},addPageviewProperties(b){Object.assign(ab,h(b));},reset(){ab={};C={};d("user");d("properties");join({reset:!!e("held")});d("held");},ready:ay,user:()=>new Proxy({id:()=>h(e("user")).id||null,traits:()=>(e("user")||0).traits||{}},aa),get_distinct_id:()=>h(e("user")).id||w()||"",has_opted_out_tracking:()=>false};o.register=o.addEventProperties;o.register_once=o.addInitialEventProperties;o.unregister=o.removeEventProperty;function n(call){try{ay(call[4]);const aB=k(call,"Function")?call():o[call[0]](...call.slice(1));if(aB!==undefined){return aB;}}catch(g){}
return window.freshpaint;}
const E=(m,length)=>RegExp("^[^]{0,"+length+"}(?![\uDC00-\uDFFF])").exec(m)[0];const bf=name=>E(name.replace(/[&$"\\%><!.:']/g,"").replace(/\s+/g," ").trim(),120).trim();const aC=m=>m.replace(/'/g,"\u2019").replace(/"/g,"\u201d");const F=a=>k(a,"Date")&&isFinite(a);function l(a){return /^(string|number|bigint)$/.test(typeof a)&&a===a?String(a).trim():"";}
function P(a){if(typeof a==="boolean"||typeof a==="number"&&isFinite(a)){return a;}
if(/^(string|bigint)$/.test(typeof a)){return E(aC(String(a)),512);}
if(F(a)){return"$D_"+Math.round(a/1000);}}
function aD(a){a=l(a);return a&&isFinite(a)?+a:undefined;}
function aE(b,bg,Q,join){const y={};let bh=0;const aF=(b,aG,Q)=>{for(const t in b){const a=b[t];let name=bf(t);if(name&&!bg.test(aG+name)){name=E(aG+name,120);if(k(a,"Object")){if(Q){aF(a,name+"_",Q-1);}}else{const aH=k(a,"Array")?join(bi(a)):P(a);if(aH!==undefined&&!y.hasOwnProperty(name)&&bh++<256){y[name]=aH;}}}}};aF(b,"",Q);return y;}
const bi=i=>Object.keys(i).map(M=>F(i[M])?i[M].toISOString():P(i[M])).filter(a=>a!==undefined);const R=(bj,length)=>a=>{a=l(a);return bj.test(a)?a[0].toUpperCase()+a.slice(1,length).toLowerCase():undefined;};const ac=a=>P(l(a))||undefined;function aI(a){a=l(a);return /^[^\s@'"\\]+@[^\s@'"\\]+$/.test(a)?a:undefined;}
const bk=[["Name","name",ac],["Email","email",aI],["DOB","birthday",aJ],["Gender","gender",R(/^(m|f|o|u|male|female|others?|unknown)$/i,1)],["Phone","phone",bl],["Photo","avatar",ac],["Married","Married",R(/^[yn]$/i)],["Employed","Employed",R(/^[yn]$/i)],["Education","Education",R(/^(school|college|graduate)$/i)],["Age","Age",aD]];function bd(id,traits){const x={};bk.forEach(([G,name,ad])=>{const a=l(traits[name])||F(traits[name])?traits[name]:traits[G];x[G]=ad(a);delete traits[name];delete traits[G];});const aK=(bm,S)=>ac(l(traits[bm])+" "+l(traits[S]));x.Name=x.Name||aK("firstName","lastName")||aK("first_name","last_name");x.Email=x.Email||aI(id);x.Identity=E(aC(id),1024)||undefined;return Object.assign(aE(traits,/^(FBID|GPID|customId|_custom|tz|hasOwnProperty)$/,2,i=>i.length?i:undefined),x);}
function aJ(a){const m=F(a)?new Date(a%864e5?a-a.getTimezoneOffset()*6e4:+a).toISOString().slice(0,10):l(a);const[,aL,bn]=/^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(m)||[];const ae=new Date(aL+"T12:00Z");if(F(ae)&&ae.toISOString().slice(0,10)===aL){return bn==="Z"?aJ(new Date(m.replace(" ","T"))):+ae;}}
function bl(a){let T=l(a).replace(/[\s().\/\u00ad\u2000-\u206f\u2212-]/g,"").replace(/^00/,"+");if(/^\+\d{8,15}$/.test(T)){return T;}
if(/^\d{7,15}$/.test(T)){return+T;}}
const af=new Map(r.events);function be(ag,b){const name=af.get(ag);if(!name){return;}
return{name,data:name==="Charged"?bo(b):ah(b)};}
function ah(b){return aE(b,/^hasOwnProperty$/,2,i=>{return i.length?E(i.join(", "),512):undefined;});}
function bo(b){const aM={};const n=(G,af,ad)=>af.some(name=>{const a=ad(b[name]);if(a!==undefined){aM[G]=a;return delete b[name];}});n("Charged ID",["order_id","checkout_id","Charged ID"],a=>l(a)?P(a):undefined);n("Amount",["total","revenue","value","Amount"],aD);n("Items",["products","Items"],i=>k(i,"Array")?i.filter(bp=>k(bp,"Object")).slice(0,256).map(ah):undefined);delete b.Items;return Object.assign(ah(b),aM);}
let j=[];let p=0;let U=0;let aN;let ai;function join(call){if(call&&!aO){call.at=Date.now();j.push(call);H();}}
function H(){clearTimeout(aN);try{while(B&&!ai&&j.length&&bq(j[0])){br(j.shift());}}catch(g){}
if(B&&(j.length||p)){aN=setTimeout(H,250);}}
function bq(call){const now=Date.now();if(aj()){if(!p&&w()){p=now;}
return I||p&&now-p>5000&&call.name;}
p=0;I=false;aP();if(aQ(call)&&bs()){U=U||now;if(now-U<5000){return;}
bt();}
U=0;return true;}
function aR(){const n=()=>{j=N(e("line")).concat(j);d("line");ai=false;H();return new Promise(bu=>setTimeout(bu,100));};if(navigator.locks&&e("line")){ai=true;navigator.locks.request(z,n).catch(n);}else{n();}}
let aS;function aT(){try{return localStorage.WZRK_G;}catch(g){}}
addEventListener("pagehide",()=>{aS=aT();if(j.length){d("line",N((e("line")||[]).concat(j)));j=[];}});addEventListener("pageshow",ag=>{if(ag.persisted){B=B&&aS===aT();C=h(e("properties"));aR();}});let f=e("visitor");function aU(){const device=w();const aV=f&&(f.device||device)===device;return aV&&!f.device?f:device&&Z()===device&&(aV?f:{});}
function aP(){if(f&&!f.device){f.device=w();d("visitor",f);au(f.device);}}
const aW=(profile,c)=>profile.Identity||c.Identity||profile.Email||c.Email;function aQ(call){const c=aU();if(call.profile){const S=bv()||c&&aW(c,c);const aX=aW(call.profile,c||{});return aX&&aX!==S&&(S||c);}
return!call.name&&(call.reset||c||e("held"));}
function br(call){const profile=call.profile;const c=aU();if(call.name){if(c){ak("event",call.name,call.data);}else{d("held",N((e("held")||[]).concat(call)));}}else if(profile){identify(profile,c);}else{if(aQ(call)){aY();}
f=0;d("visitor");d("profile");d("held");au("");}}
function identify(profile,c){if(c&&!profile.Identity){profile.Identity=c.Identity;profile.Email=profile.Email||c.Email;}
const aZ=c&&c!==f;const J=profile.Identity||profile.Email&&!aZ;const m=JSON.stringify(profile);if(m!=="{}"&&(m!==e("profile")||J&&!c)){d("profile",m);profile=JSON.parse(m);if(profile.DOB){profile.DOB=new Date(profile.DOB);}
if(!J){ak("profile",{Site:profile});return;}
if(aZ){aY();}
f=profile.Identity?{Identity:profile.Identity}:{Email:profile.Email};d("visitor",f);ak("onUserLogin",{Site:profile});if(!aj()){aP();}
j=N(e("held")).concat(j);d("held");}}
let B;let aO;let I;let V;let K;let ba=100;const w=()=>B&&clevertap.getCleverTapID();const aj=()=>window.isOULInProgress||!w();function ak(W,...v){I=false;K=w()||K;clevertap[W].push(...v);if(aj()){p=p||Date.now();}}
function aY(){K=w()||K;clevertap.clear();I=true;}
function bv(){try{return JSON.parse(decodeURIComponent(localStorage.WZRK_K)).id;}catch(g){}}
const bs=()=>/q/.test((window.localStorage||0).WZRK_L);function bt(){clevertap.setOffline(true);clevertap.setOffline(false);}
function al(){const sdk=window.clevertap||0;const am=sdk.getAccountID;const account=am?sdk.getAccountID():((sdk.account||0)[0]||0).id;ba-=document.readyState==="complete";if(account&&account!==r.account){aO=true;j=[];}else if(am&&(account||V)){bw();}else if(!V&&!am&&(!account||ba<0)){if(!account){delete sdk.account;window.clevertap=sdk||undefined;}
bx();}else if(!V){setTimeout(al,100);}}
function bw(){try{clevertap.init(r.account,r.region);}catch(g){}
const by=$WZRK_WR.s;$WZRK_WR.s=(device,bz,J,an,...v)=>{if(device!==K||J&&an===(window.oulReqN||an)||!p&&!I){by.call($WZRK_WR,device,bz,J,an,...v);}
H();};const bA=$WZRK_WR.tr;$WZRK_WR.tr=(...v)=>{try{bA.apply($WZRK_WR,v);}catch(g){}};B=true;H();}
function bx(){const u=document.createElement("script");V=true;const bB=bC(u);try{if(!/WZRK_G=/.test(document.cookie)&&!localStorage.WZRK_G&&!/OUL/.test(localStorage.WZRK_META)){delete localStorage.WZRK_BLOCK;}}catch(g){}
u.onload=u.onerror=()=>{bB();al();};u.nonce=nonce;let ao=r.sdk;try{ao=trustedTypes.createPolicy("freshtap",{createScriptURL:bb=>bb===r.sdk?bb:""}).createScriptURL(ao);}catch(g){}
try{u.src=ao;document.head.append(u);}catch(g){}}
function bC(u){const define=window.define;const bD=[[window,"exports"],define?[define,"amd"]:[window,"define"]];const bE=bD.map(([L,name])=>{let a=L[name];try{Object.defineProperty(L,name,{configurable:true,get:()=>document.currentScript===u?undefined:a,set:bF=>{a=bF;}});}catch(g){}
return()=>{delete L[name];if(L[name]!==a){L[name]=a;}};});return()=>bE.forEach(bG=>bG());}
aR();if(!(window.freshpaint||0).push){window.freshpaint=new Proxy([],aa);}
const bH=window.freshpaint.splice(0);window.freshpaint.push=n;bH.forEach(n);al();})({"account":"TEST-86K-4Z9-K85Z","destination":"CleverTap","events":[["Product Viewed","Product Viewed"],["Signed Up","Signed Up"],["Order Completed","Charged"]],"region":"in1","sdk":"https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js"});
